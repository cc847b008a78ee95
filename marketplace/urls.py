"""The marketplace's paths: what is sold, companies, their posts and searches."""

from django.urls import path

from marketplace.views import billing, images, posts, profiles, searches

billing_urls = [
    path("api/billing/plans/", billing.PlanListView.as_view()),
    path("api/billing/me/", billing.MyBillingView.as_view()),
    path("api/billing/subscribe/", billing.SubscribeView.as_view()),
    path("api/billing/cancel/", billing.CancelView.as_view()),
]
company_urls = [
    path("api/b2b/profile/", profiles.ProfileView.as_view()),
    path("api/b2b/regions/", profiles.RegionListView.as_view()),
    path("api/b2b/posts/", posts.PostListView.as_view()),
    path("api/b2b/posts/<id:post_id>/", posts.PostView.as_view()),
    path("api/b2b/posts/<id:post_id>/renew/", posts.RenewalView.as_view()),
    path("api/b2b/posts/<id:post_id>/images/", images.ImageListView.as_view()),
    path("api/b2b/posts/<id:post_id>/images/<id:image_id>/", images.ImageView.as_view()),
    path("api/b2b/searches/", searches.SearchListView.as_view()),
    path("api/b2b/searches/<id:search_id>/", searches.SearchView.as_view()),
]

urlpatterns = [*billing_urls, *company_urls]
