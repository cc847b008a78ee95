"""The README's tour through the proxy, on all that production runs."""

from contextlib import ExitStack

from scripts.stack import Stack
from tests.docs.tour import talk, talking, walk


def test_the_tour_goes_through_the_proxy() -> None:
    with Stack(settings={"DEBUG": "1", "DEV_OTP": "1"}) as stack, ExitStack() as terminals:
        stack.manage("demo")
        phone = walk(stack.url)
        dealer = terminals.enter_context(talking("dealer", BASE=stack.url))
        buyer = terminals.enter_context(talking("buyer", BASE=stack.url, PHONE=phone))
        talk(dealer, buyer)
        stack["live1"].kill()
        stack["live2"].kill()
        buyer.type("Ertaga kelaman")
        stack.mend()
        assert dealer.shows("Aziza Karimova: Ertaga kelaman")
