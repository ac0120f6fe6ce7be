"""What is counted and timed of calls, for Prometheus. No label ever holds a number, a name or an id."""

from prometheus_client import Counter, Gauge, Histogram

_BUCKETS_S = (0.001, 0.0025, 0.005, 0.01, 0.02, 0.04, 0.08, 0.16, 0.5, 1.0, 2.5)

calls_live = Gauge("bakame_calls_live", "Calls whose stream is open.")
calls_ended = Counter("bakame_calls_ended", "Calls that ended, by reason.", ["reason"])
calls_refused = Counter("bakame_calls_refused", "Webhooks, upgrades and streams that were refused.", ["door", "why"])
call_moves_illegal = Counter("bakame_call_moves_illegal", "State changes that the table forbids.", ["before", "after"])
stream_malformed = Counter("bakame_stream_malformed", "Stream messages that broke the protocol.")
frame_lateness = Histogram("bakame_frame_lateness_seconds", "How late frames went out.", buckets=_BUCKETS_S)
call_answer = Histogram("bakame_call_answer_seconds", "From the call webhook to our document.", buckets=_BUCKETS_S)
first_sound = Histogram("bakame_first_sound_seconds", "From the start of the stream to its first frame.")
