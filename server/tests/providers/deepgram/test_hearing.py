"""What a caller's words become at Deepgram, over real sockets in virtual time, whatever happens to the connection."""

import asyncio
import random
from collections.abc import Awaitable, Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from bakame.errors import Invalid, Unavailable
from bakame.learning.expect import AnswerKind, Expect
from bakame.ports.speech import LiveHearing
from bakame.providers.deepgram.hearing import KEPT_MS, DeepgramRecogniser
from bakame.simulator.deepgram import DeepgramStandIn, Faults
from bakame.simulator.deepgram.stand_in import KEY
from bakame.simulator.virtual_time import run_virtual
from providers.deepgram.listening import deepgram, listening, on_the_line, saying, silence

OPEN = Expect(AnswerKind.OPEN)
Call = Callable[[DeepgramStandIn, LiveHearing], Awaitable[None]]


def now() -> float:
    return asyncio.get_running_loop().time()


def during(call: Call, *, faults: Faults | None = None) -> DeepgramStandIn:
    """Runs a call with one hearing; the stand-in with its records, after the end."""

    async def scenario() -> DeepgramStandIn:
        async with deepgram(faults=faults) as stand_in, listening(stand_in) as hearing:
            await call(stand_in, hearing)
        return stand_in

    return run_virtual(scenario(), limit_s=600)


async def connected(stand_in: DeepgramStandIn) -> None:
    await asyncio.sleep(0.05)
    assert len(stand_in.live) == 1


def test_what_was_said_is_heard_with_the_mean_of_its_words_confidence() -> None:
    async def call(_: DeepgramStandIn, hearing: LiveHearing) -> None:
        await on_the_line(hearing, silence(300), saying("seven and nine"), silence(800))
        heard = await hearing.finish(expect=OPEN)
        assert heard.text == "seven and nine"
        assert heard.confidence == pytest.approx((1.0 + 0.8 + 1.0) / 3)
        assert hearing.interim == ""

    during(call)


def test_each_answer_has_its_own_words() -> None:
    async def call(_: DeepgramStandIn, hearing: LiveHearing) -> None:
        for words in ("twelve", "no", "twenty one"):
            await on_the_line(hearing, saying(words), silence(600))
            assert (await hearing.finish(expect=OPEN)).text == words
        assert (await hearing.finish(expect=OPEN)).text == ""

    during(call)


def test_an_answer_in_pieces_is_one_answer() -> None:
    async def call(_: DeepgramStandIn, hearing: LiveHearing) -> None:
        await on_the_line(hearing, saying("fifty"), silence(700), saying("six"), silence(200))
        assert (await hearing.finish(expect=OPEN)).text == "fifty six"

    during(call)


def test_the_last_word_is_heard_although_its_last_sound_filled_no_message() -> None:
    async def call(stand_in: DeepgramStandIn, hearing: LiveHearing) -> None:
        await on_the_line(hearing, saying("seven"), silence(20))
        assert (await hearing.finish(expect=OPEN)).text == "seven"
        assert len(stand_in.live[0].audio) == len(saying("seven")) + 160

    during(call)


def test_the_words_so_far_can_be_read_while_the_caller_speaks() -> None:
    async def call(_: DeepgramStandIn, hearing: LiveHearing) -> None:
        await on_the_line(hearing, silence(400))
        assert hearing.interim == ""
        await on_the_line(hearing, saying("the first is seven"))
        assert hearing.interim.startswith("the first")
        await on_the_line(hearing, silence(600))
        assert hearing.interim == "the first is seven"
        await hearing.finish(expect=OPEN)
        assert hearing.interim == ""

    during(call)


def test_sound_leaves_in_messages_of_sixty_milliseconds() -> None:
    async def call(_: DeepgramStandIn, hearing: LiveHearing) -> None:
        await on_the_line(hearing, silence(200))
        await on_the_line(hearing, saying("seven"), silence(1_000))

    (live,) = during(call).live
    assert set(live.sizes[1:]) == {480}
    assert min(live.sizes) > 0


def test_what_is_likely_to_be_said_is_told() -> None:
    async def scenario() -> None:
        async with deepgram() as stand_in, listening(stand_in, hints=("Uwimana", "Jean Bosco")):
            await connected(stand_in)
            assert stand_in.live[0].query["keyterm"] == ["Uwimana", "Jean Bosco"]
            assert stand_in.live[0].query["encoding"] == ["mulaw"]

    run_virtual(scenario())


def test_a_minute_without_sound_keeps_the_connection() -> None:
    async def call(stand_in: DeepgramStandIn, hearing: LiveHearing) -> None:
        await on_the_line(hearing, saying("one"), silence(500))
        await hearing.finish(expect=OPEN)
        await asyncio.sleep(60)
        await on_the_line(hearing, saying("two"), silence(500))
        assert (await hearing.finish(expect=OPEN)).text == "two"
        assert len(stand_in.live) == 1
        assert 13 <= stand_in.live[0].messages.count('{"type":"KeepAlive"}') <= 16

    during(call)


BREAKS = {
    "without a word": None,
    "normal": (1000, ""),
    "no frame produced": (1011, "NET-0000"),
    "nothing received": (1011, "NET-0001"),
    "restart": (1012, ""),
}


@pytest.mark.parametrize("closes", BREAKS.values(), ids=list(BREAKS))
@pytest.mark.parametrize("at_s", [0.02, 0.5, 1.13, 1.9])
def test_a_break_in_mid_word_costs_no_word_and_doubles_none(closes: tuple[int, str] | None, at_s: float) -> None:
    async def call(stand_in: DeepgramStandIn, hearing: LiveHearing) -> None:
        await connected(stand_in)
        stand_in.faults = Faults()
        await on_the_line(hearing, saying("one"), silence(460), saying("twelve and seven"), silence(700))
        assert (await hearing.finish(expect=OPEN)).text == "one twelve and seven"
        assert len(stand_in.live) == 2

    during(call, faults=Faults(dies_after_s=at_s, closes=closes))


def test_a_second_break_doubles_no_word_that_was_settled_after_the_first() -> None:
    async def call(stand_in: DeepgramStandIn, hearing: LiveHearing) -> None:
        await connected(stand_in)
        stand_in.faults = Faults(dies_after_s=1.2)
        await on_the_line(hearing, saying("one"), silence(460), saying("twelve"), silence(460))
        stand_in.faults = Faults()
        await on_the_line(hearing, saying("seven"), silence(700))
        assert (await hearing.finish(expect=OPEN)).text == "one twelve seven"
        assert len(stand_in.live) == 3

    during(call, faults=Faults(dies_after_s=0.9))


@settings(max_examples=40)
@given(
    answers=st.lists(
        st.tuples(st.sampled_from(["one", "twelve", "and", "seven"]), st.integers(1, 6)), min_size=1, max_size=6
    ),
    breaks=st.lists(st.tuples(st.integers(2, 400), st.sampled_from([None, (1011, "NET-0000")])), max_size=4),
)
def test_however_often_it_breaks_every_word_is_heard_once(
    answers: list[tuple[str, int]], breaks: list[tuple[int, tuple[int, str] | None]]
) -> None:
    async def call(stand_in: DeepgramStandIn, hearing: LiveHearing) -> None:
        def next_faults() -> None:
            at = len(stand_in.live)
            frames, closes = breaks[at] if at < len(breaks) else (0, None)
            stand_in.faults = Faults(dies_after_s=frames / 50 if frames else None, closes=closes)

        next_faults()
        for word, pause in answers:
            sound = saying(word) + silence(100 * pause)
            for at in range(0, len(sound), 160):
                next_faults()
                await on_the_line(hearing, sound[at : at + 160])
        heard: str | None = None
        while heard is None:
            try:
                heard = (await hearing.finish(expect=OPEN)).text
            except Unavailable:
                next_faults()
                await on_the_line(hearing, silence(20))
        assert heard == " ".join(word for word, _ in answers)

    during(call)


def test_an_error_of_deepgrams_is_a_break_too() -> None:
    async def call(stand_in: DeepgramStandIn, hearing: LiveHearing) -> None:
        await connected(stand_in)
        stand_in.faults = Faults()
        await on_the_line(hearing, saying("twelve and seven"), silence(500))
        assert (await hearing.finish(expect=OPEN)).text == "twelve and seven"

    during(call, faults=Faults(fails_after_s=0.8))


def test_sound_that_deepgram_cannot_decode_is_not_sent_again() -> None:
    async def call(stand_in: DeepgramStandIn, hearing: LiveHearing) -> None:
        await connected(stand_in)
        stand_in.faults = Faults()
        await on_the_line(hearing, saying("one"), silence(1_000))
        await on_the_line(hearing, saying("two"), silence(500))
        assert (await hearing.finish(expect=OPEN)).text == "two"

    during(call, faults=Faults(dies_after_s=0.24, closes=(1008, "DATA-0000 could not decode")))


def test_breaks_all_the_time_are_met_with_growing_pauses() -> None:
    async def call(stand_in: DeepgramStandIn, hearing: LiveHearing) -> None:
        for _second in range(60):
            await on_the_line(hearing, saying("one"), silence(760))
        assert 8 < len(stand_in.live) < 30
        stand_in.faults = Faults()
        await on_the_line(hearing, silence(6_000))
        await hearing.finish(expect=OPEN)
        await on_the_line(hearing, saying("seven"), silence(400))
        assert (await hearing.finish(expect=OPEN)).text == "seven"

    during(call, faults=Faults(dies_after_s=0.1))


def test_what_was_said_while_deepgram_was_away_is_heard_when_it_is_back() -> None:
    async def call(stand_in: DeepgramStandIn, hearing: LiveHearing) -> None:
        await on_the_line(hearing, saying("too early to be kept"), silence(KEPT_MS))
        await on_the_line(hearing, saying("seven"), silence(400))
        with pytest.raises(Unavailable) as away:
            await hearing.finish(expect=OPEN)
        assert away.value.retryable
        stand_in.faults = Faults()
        await on_the_line(hearing, silence(6_000))
        assert (await hearing.finish(expect=OPEN)).text == "seven"

    during(call, faults=Faults(refuse=503))


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404])
def test_who_is_turned_away_for_good_does_not_ask_again(status: int) -> None:
    async def call(stand_in: DeepgramStandIn, hearing: LiveHearing) -> None:
        await on_the_line(hearing, saying("seven"), silence(400))
        stand_in.faults = Faults()
        for _ in range(2):
            with pytest.raises(Unavailable, match=str(status)) as refused:
                await hearing.finish(expect=OPEN)
            assert not refused.value.retryable
            await asyncio.sleep(30)
        assert not stand_in.live

    during(call, faults=Faults(refuse=status))


@pytest.mark.parametrize("status", [429, 500, 503])
def test_who_is_turned_away_for_now_asks_again(status: int) -> None:
    async def call(stand_in: DeepgramStandIn, hearing: LiveHearing) -> None:
        await on_the_line(hearing, saying("seven"), silence(400))
        began = now()
        with pytest.raises(Unavailable, match=str(status)) as refused:
            await hearing.finish(expect=OPEN)
        assert now() == began  # there are other ears, and they need not wait
        assert refused.value.retryable
        stand_in.faults = Faults()
        await asyncio.sleep(6)
        assert (await hearing.finish(expect=OPEN)).text == "seven"

    during(call, faults=Faults(refuse=status))


def test_a_connection_that_does_not_open_is_told_in_time() -> None:
    async def call(_: DeepgramStandIn, hearing: LiveHearing) -> None:
        await on_the_line(hearing, saying("one"))
        began = now()
        with pytest.raises(Unavailable):
            await hearing.finish(expect=OPEN)
        assert now() - began <= 1.2 + 1e-6

    during(call, faults=Faults(hangs=True))


def test_a_connection_that_is_closed_before_it_opens_is_tried_again() -> None:
    async def call(stand_in: DeepgramStandIn, hearing: LiveHearing) -> None:
        await on_the_line(hearing, saying("seven"), silence(400))
        with pytest.raises(Unavailable):
            await hearing.finish(expect=OPEN)
        stand_in.faults = Faults()
        await asyncio.sleep(6)
        assert (await hearing.finish(expect=OPEN)).text == "seven"

    during(call, faults=Faults(drops=True))


@pytest.mark.parametrize("faults", [Faults(mute_after_s=0.3), Faults(freezes_after_s=0.3)], ids=["mute", "frozen"])
def test_a_connection_that_says_nothing_is_given_up_and_the_answer_had_from_the_next(faults: Faults) -> None:
    async def call(stand_in: DeepgramStandIn, hearing: LiveHearing) -> None:
        await connected(stand_in)
        stand_in.faults = Faults()
        await on_the_line(hearing, saying("seven"), silence(600))
        began = now()
        with pytest.raises(Unavailable, match="in time"):
            await hearing.finish(expect=OPEN)
        assert now() - began == pytest.approx(1.2)
        assert (await hearing.finish(expect=OPEN)).text == "seven"
        assert len(stand_in.live) == 2

    during(call, faults=faults)


def test_a_dead_connection_is_noticed_within_five_seconds_though_nobody_asks() -> None:
    async def call(stand_in: DeepgramStandIn, hearing: LiveHearing) -> None:
        await connected(stand_in)
        stand_in.faults = Faults()
        await on_the_line(hearing, silence(5_400))
        assert len(stand_in.live) == 2
        await on_the_line(hearing, saying("seven"), silence(400))
        assert (await hearing.finish(expect=OPEN)).text == "seven"

    during(call, faults=Faults(freezes_after_s=0.1))


def test_nonsense_between_the_results_changes_nothing() -> None:
    async def call(_: DeepgramStandIn, hearing: LiveHearing) -> None:
        await on_the_line(hearing, saying("twelve and seven"), silence(500))
        assert (await hearing.finish(expect=OPEN)).text == "twelve and seven"

    during(call, faults=Faults(garbage=True))


def test_a_slow_answer_is_waited_for() -> None:
    async def call(_: DeepgramStandIn, hearing: LiveHearing) -> None:
        await on_the_line(hearing, saying("one"), silence(200))
        assert (await hearing.finish(expect=OPEN)).text == "one"

    during(call, faults=Faults(late_s=0.9))


def test_an_answer_that_came_too_late_is_had_when_asked_again_and_only_once() -> None:
    async def call(__: DeepgramStandIn, hearing: LiveHearing) -> None:
        await on_the_line(hearing, saying("one"), silence(200))
        with pytest.raises(Unavailable):
            await hearing.finish(expect=OPEN)
        await on_the_line(hearing, silence(200))
        heard = ""
        for _attempt in range(4):
            try:
                heard = (await hearing.finish(expect=OPEN)).text
                break
            except Unavailable:
                await asyncio.sleep(1)
        assert heard == "one"
        await asyncio.sleep(5)
        assert hearing.interim == ""

    during(call, faults=Faults(late_s=1.5))


def test_without_an_answer_the_words_are_not_lost() -> None:
    async def call(stand_in: DeepgramStandIn, hearing: LiveHearing) -> None:
        await connected(stand_in)
        stand_in.faults = Faults()
        await on_the_line(hearing, saying("seven"), silence(200))
        with pytest.raises(Unavailable):
            await hearing.finish(expect=OPEN)
        assert (await hearing.finish(expect=OPEN)).text == "seven"

    during(call, faults=Faults(ignores_finalize=True))


def test_where_too_little_is_left_to_hold_a_word_no_answer_is_waited_for() -> None:
    async def call(_: DeepgramStandIn, hearing: LiveHearing) -> None:
        await on_the_line(hearing, saying("seven"), silence(420))
        began = now()
        assert (await hearing.finish(expect=OPEN)).text == "seven"
        assert now() - began <= 0.3 + 1e-6

    during(call, faults=Faults(ignores_finalize=True))


def test_words_are_heard_although_noise_hides_the_end_of_speech() -> None:
    async def call(_: DeepgramStandIn, hearing: LiveHearing) -> None:
        await on_the_line(hearing, saying("twelve"), silence(500), saying("and one"), silence(500))
        assert (await hearing.finish(expect=OPEN)).text == "twelve and one"

    during(call, faults=Faults(misses_speech_final=True))


def test_a_question_that_was_withdrawn_does_not_answer_the_next_one() -> None:
    async def call(_: DeepgramStandIn, hearing: LiveHearing) -> None:
        await on_the_line(hearing, saying("one"), silence(100))
        withdrawn = asyncio.create_task(hearing.finish(expect=OPEN))
        await asyncio.sleep(0.01)
        withdrawn.cancel()
        await asyncio.wait([withdrawn])
        await on_the_line(hearing, saying("two"), silence(100))
        assert (await hearing.finish(expect=OPEN)).text == "one two"

    during(call, faults=Faults(late_s=0.45))


def test_two_who_ask_at_once_do_not_share_words() -> None:
    async def call(_: DeepgramStandIn, hearing: LiveHearing) -> None:
        await on_the_line(hearing, saying("one"), silence(200))
        both = await asyncio.gather(hearing.finish(expect=OPEN), hearing.finish(expect=OPEN))
        assert [each.text for each in both] == ["one", ""]

    during(call)


def test_a_language_that_deepgram_does_not_hear_is_said_to_be_unavailable() -> None:
    async def scenario() -> None:
        async with deepgram() as stand_in:
            hearing = DeepgramRecogniser(api_key=KEY, base_url=stand_in.base_url).listen(language="rw")
            hearing.hears(saying("muraho"))
            with pytest.raises(Unavailable) as refused:
                await hearing.finish(expect=OPEN)
            assert not refused.value.retryable
            await hearing.close()
            assert not stand_in.live

    run_virtual(scenario())


def test_an_operator_may_choose_how_a_language_is_called() -> None:
    async def scenario() -> None:
        async with deepgram() as stand_in:
            recogniser = DeepgramRecogniser(api_key=KEY, base_url=stand_in.base_url, languages={"en": "en-GB"})
            hearing = recogniser.listen(language="en-RW")
            await connected(stand_in)
            assert stand_in.live[0].query["language"] == ["en-GB"]
            await hearing.close()

    run_virtual(scenario())


@pytest.mark.parametrize("address", ["", "api.deepgram.com", "ftp://api.deepgram.com", "https://"])
def test_an_address_that_cannot_be_one_is_refused_at_once(address: str) -> None:
    with pytest.raises(Invalid):
        DeepgramRecogniser(api_key=KEY, base_url=address)


@pytest.mark.parametrize("faults", [Faults(), Faults(hangs=True), Faults(refuse=503)], ids=["open", "opening", "away"])
@pytest.mark.parametrize("wait_s", [0.0, 0.001, 1.0])
def test_a_call_that_ends_leaves_nothing(faults: Faults, wait_s: float) -> None:
    async def scenario() -> None:
        async with deepgram(faults=faults) as stand_in:
            async with listening(stand_in) as hearing:
                hearing.hears(saying("one"))
                await asyncio.sleep(wait_s)
            await hearing.close()
            hearing.hears(saying("one"))
            with pytest.raises(Unavailable):
                await hearing.finish(expect=OPEN)
            await asyncio.sleep(1)
            assert stand_in.connections == 0

    run_virtual(scenario())


def test_the_end_of_the_call_is_told_to_deepgram_and_to_who_waits() -> None:
    async def scenario() -> None:
        async with deepgram(faults=Faults(mute_after_s=0.1)) as stand_in:
            async with listening(stand_in) as hearing:
                await on_the_line(hearing, saying("one"))
                waiting = asyncio.create_task(hearing.finish(expect=OPEN))
                await asyncio.sleep(0.1)
            with pytest.raises(Unavailable, match="closed"):
                await waiting
            await asyncio.sleep(0.1)
            assert stand_in.live[0].messages[-1] == '{"type":"CloseStream"}'

    run_virtual(scenario())


def test_no_word_and_no_key_is_logged_or_shown() -> None:
    shown: list[str] = []

    async def call(stand_in: DeepgramStandIn, hearing: LiveHearing) -> None:
        await connected(stand_in)
        stand_in.faults = Faults(refuse=402)
        await on_the_line(hearing, saying("mutoni"), silence(900))
        with pytest.raises(Unavailable) as refused:
            await hearing.finish(expect=OPEN)
        shown.extend((repr(hearing), repr(refused.value), str(refused.value)))

    with capture_logs() as logs:
        during(call, faults=Faults(dies_after_s=0.7, closes=(1011, "NET-0000 mutoni said so")))
    assert [log["event"] for log in logs] == ["deepgram.lost", "deepgram.unreachable"]
    assert logs[0]["closing"] == "1011 NET-0000"
    for text in (*shown, repr(logs)):
        assert "mutoni" not in text
        assert KEY not in text
    assert KEY not in repr(DeepgramRecogniser(api_key=KEY, rng=random.Random(1)))


def test_a_vendor_that_is_away_does_not_fill_the_log() -> None:
    async def call(_: DeepgramStandIn, hearing: LiveHearing) -> None:
        await on_the_line(hearing, silence(60_000))

    with capture_logs() as logs:
        during(call, faults=Faults(refuse=503))
    assert [log["attempts"] for log in logs] == [1, 2, 4, 8, 16]
