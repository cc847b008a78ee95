"""Close codes, and what the client makes of them."""

BRING_A_NEW_TOKEN = 4401
SESSION_ENDED = 4403
NO_SIGN_IN = 4408
TOO_MANY_SOCKETS = 4409
FLOODING = 4429
ACKS_STOPPED = 4008
FRAME_TOO_LARGE = 1009
RESTARTING = 1012

# Not every server lets an application send these (daphne does not): it says 1000 instead.
PROTOCOL_CODES = frozenset({FRAME_TOO_LARGE, RESTARTING})
NORMAL = 1000
