"""The admin's first page, as tests read it."""

import re

FIGURE = re.compile(r"<dt>(.*?)</dt>\s*<dd class=\"value\">(.*?)</dd>", re.DOTALL)


def page_of(browser, language="en"):
    response = browser.get("/admin/", headers={"Accept-Language": language})
    assert response.status_code == 200
    return response.text


def figures(page):
    """What the page's cards say: name and value."""
    words = {name: re.sub(r"<[^>]*>", "", value).strip() for name, value in FIGURE.findall(page)}
    assert words
    return words
