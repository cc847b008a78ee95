"""Pictures for the demo, drawn by code: a part before its box, in the brand's colour."""

import io
from collections.abc import Callable

from PIL import Image, ImageDraw

WIDTH, HEIGHT = 480, 360
GREYS = ("#30343b", "#585f6b", "#8a93a3")
Pen = ImageDraw.ImageDraw


def draw_picture(shape: int, colour: str, *, width: int = WIDTH) -> bytes:
    """A WebP of a few kilobytes, four wide to three high; any number is a shape."""
    picture = Image.new("RGB", (WIDTH, HEIGHT), "#eef0f3")
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 268, WIDTH, HEIGHT), fill="#d9dde3")
    pen.rectangle((300, 110, 430, 280), fill=colour)
    pen.rectangle((300, 110, 430, 145), fill="#ffffff")
    SHAPES[shape % len(SHAPES)](pen)
    if width != WIDTH:
        picture = picture.resize((width, width * HEIGHT // WIDTH))
    written = io.BytesIO()
    picture.save(written, "WEBP", quality=70, method=0)
    return written.getvalue()


def _disc(pen: Pen) -> None:
    for radius, grey in ((110, GREYS[2]), (100, GREYS[1]), (52, GREYS[0]), (24, "#eef0f3")):
        pen.ellipse((160 - radius, 180 - radius, 160 + radius, 180 + radius), fill=grey)


def _pads(pen: Pen) -> None:
    for left in (60, 170):
        pen.rounded_rectangle((left, 110, left + 90, 280), radius=28, fill=GREYS[0])
        pen.rounded_rectangle((left + 14, 124, left + 76, 266), radius=20, fill=GREYS[1])


def _filter(pen: Pen) -> None:
    pen.rectangle((80, 110, 240, 280), fill=GREYS[1])
    for left in range(80, 240, 16):
        pen.rectangle((left, 120, left + 6, 270), fill=GREYS[2])
    pen.ellipse((80, 90, 240, 130), fill=GREYS[0])


def _absorber(pen: Pen) -> None:
    pen.rectangle((145, 60, 175, 290), fill=GREYS[2])
    for top in range(80, 210, 22):
        pen.line((100, top, 220, top + 14), fill=GREYS[0], width=9)
    pen.rectangle((125, 205, 195, 290), fill=GREYS[1])


def _battery(pen: Pen) -> None:
    pen.rectangle((60, 140, 260, 285), fill=GREYS[0])
    pen.rectangle((60, 140, 260, 170), fill=GREYS[1])
    for left in (85, 205):
        pen.rectangle((left, 118, left + 30, 140), fill=GREYS[2])


def _sack(pen: Pen) -> None:
    pen.polygon(((90, 120), (230, 120), (255, 285), (65, 285)), fill="#c9b48a")
    pen.ellipse((105, 90, 215, 140), fill="#b39a69")
    pen.line((120, 200, 200, 200), fill="#7d6a42", width=6)


SHAPES: tuple[Callable[[Pen], None], ...] = (_disc, _pads, _filter, _absorber, _battery, _sack)
