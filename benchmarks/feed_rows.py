"""A market of any size, written by PostgreSQL itself in one statement."""

from benchmarks.ledger_rows import without_indexes

# Frequent and rare things beside each other: the power of an even random number is small mostly.
# One post in sixteen is over. Six weeks of posts, at an even pace.
POSTS = r"""
INSERT INTO marketplace_b2bpost
  (author_id, kind, title, body, part_number, brand, price, currency, region, status,
   reject_reason, part_folded, brand_folded, text_folded, created_at, updated_at, expires_at)
SELECT %(first_author)s + (power(random(), 1.5) * (%(authors)s - 1))::int,
       CASE WHEN random() < 0.8 THEN 'offer' ELSE 'request' END,
       title, body, part, brand,
       CASE WHEN random() < 0.85
            THEN 10000 + 500 * round((power(random(), 4) * 100000)::numeric) END,
       CASE WHEN random() < 0.85 THEN 'UZS' ELSE 'USD' END,
       CASE WHEN random() < 0.35 THEN 'UZ-TK'
            WHEN random() < 0.9 THEN (%(regions)s::text[])[1 + floor(random() * 13)::int] END,
       CASE WHEN random() < 0.94 THEN 'published' WHEN random() < 0.5 THEN 'closed'
            ELSE 'expired' END,
       '', replace(part, '-', ''), lower(brand), lower(title || ' ' || body || ' ' || brand),
       at, at, now() + interval '20 days'
FROM generate_series(1, %(posts)s) AS made (place)
CROSS JOIN LATERAL (
  SELECT now() - (%(posts)s - place) * (interval '42 days' / %(posts)s) AS at,
         (%(brands)s::text[])[1 + floor(power(random(), 2 + place * 0) * 40)::int] AS brand,
         (%(nouns)s::text[])[1 + floor(power(random(), 2) * 40)::int] AS noun,
         lpad((4000 + power(random(), 2) * 500)::int::text, 5, '0') || '-'
           || lpad((random() * 99999)::int::text, 5, '0') AS part
) AS drawn
CROSS JOIN LATERAL (
  SELECT initcap(noun) || ' ' || brand || ' ' || (1990 + floor(random() * 36))::int AS title,
         'sotiladi holati yaxshi'
         || (SELECT string_agg(' soz' || (power(random(), 6) * 20000)::int, '')
             FROM generate_series(1, 10 + (place %% 5)::int))
         || CASE WHEN place %% 3 = 0 THEN ' yetkazib berish bor' ELSE '' END AS body
) AS told
ORDER BY place
"""
BRANDS = """
Toyota Chevrolet Daewoo Hyundai Kia Nissan Lada BYD BMW Mercedes Audi Isuzu MAN Volvo Bosch Denso
Valeo Sachs Mann NGK Sakura Febi Lemforder TRW Brembo Ate Gates Dayco Contitech SKF FAG INA NTN
Koyo Hella Osram Philips Varta Mutlu Delkor
"""
NOUNS = """
tormoz kolodkasi,moy filtri,amortizator,starter,generator,radiator,fara,bamper,podshipnik,rele,
rul reykasi,svecha,akkumulyator,kamar,nasos,porshen,klapan,val,tormoz diski,shina,richag,stoyka,
stabilizator,gupchak,chiroq,oyna,eshik,kapot,sidenye,pedal,tross,xomut,prokladka,salnik,vtulka,
reduktor,mufta,turbina,kollektor,glushitel
"""
AUTHOR_NUMBER = 998_900_000_000


def make_market(*, posts: int, authors: int) -> list[int]:
    """Fill an empty market past the actions. Gives the ids of the authors, the busiest first."""
    from django.db import connection

    from ledger.models import User
    from marketplace.models.posts import REGION_CODES

    people = [
        User(phone_number=f"+{AUTHOR_NUMBER + place}", full_name="Diler")
        for place in range(authors)
    ]
    ids = [person.pk for person in User.objects.bulk_create(people)]
    params = {
        "posts": posts,
        "first_author": ids[0],
        "authors": authors,
        "regions": [code for code in REGION_CODES if code != "UZ-TK"],
        "brands": BRANDS.split(),
        "nouns": [noun.strip() for noun in NOUNS.split(",")],
    }
    with connection.cursor() as cursor:
        cursor.execute("SELECT setseed(0.5)")
        cursor.execute("SET session_replication_role = replica")
        with without_indexes(cursor, "marketplace_b2bpost"):
            cursor.execute(POSTS, params)
            cursor.execute("SET maintenance_work_mem = '1GB'")
        cursor.execute("RESET session_replication_role")
        cursor.execute("VACUUM ANALYZE")
    return ids
