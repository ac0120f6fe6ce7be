"""What a network does to packets and messages: losses in bursts, delays, and never anything out of order."""

import random
from dataclasses import replace
from itertools import groupby, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bakame.errors import Invalid
from bakame.simulator.network import (
    IDEAL,
    MOBILE_2G,
    PRESETS,
    RURAL,
    TERRIBLE,
    Air,
    Drop,
    Flight,
    GilbertElliott,
    Hop,
    Marks,
    Stall,
    Stream,
)

shares = st.floats(0, 1)
airs = st.builds(
    Air,
    delay_ms=st.floats(0, 500),
    jitter_ms=st.floats(0, 100),
    loss=st.builds(GilbertElliott, p=shares, r=st.floats(0.01, 1), good_loss=shares, bad_loss=shares),
    straying=shares,
    stray_ms=st.floats(0, 200),
    patience_ms=st.floats(0, 200),
)
hops = st.builds(Hop, delay_ms=st.floats(0, 500), jitter_ms=st.floats(0, 100), resent=shares)


def flight(air: Air, *, seed: int = 7) -> Flight:
    return Flight(air, rng=random.Random(seed))


def lost(air: Air, packets: int = 50_000) -> list[bool]:
    way = flight(air)
    return [way.packet(n * 0.02).lost for n in range(packets)]


def test_without_a_network_everything_is_there_at_once() -> None:
    way, messages = flight(IDEAL.up), Stream(IDEAL.hop_up, rng=random.Random(7))
    for n in range(100):
        arrival = way.packet(n * 0.02)
        assert (arrival.at, arrival.lost) == (n * 0.02, False)
        assert messages.message(n * 0.02) == n * 0.02
    assert way.depth_ms == 0


@pytest.mark.parametrize("network", PRESETS.values(), ids=PRESETS)
def test_as_much_is_lost_as_the_model_says(network: object) -> None:
    air = PRESETS[getattr(network, "name", "")].down
    share = sum(lost(air)) / 50_000
    late = 2.72 ** (-air.patience_ms / air.jitter_ms) if air.jitter_ms else 0.0
    assert share == pytest.approx(air.loss.mean_loss + late + air.straying * 0.1, rel=0.15, abs=0.001)


def test_losses_come_in_bursts_of_one_over_r() -> None:
    all_of_bad = replace(MOBILE_2G.up, jitter_ms=0, loss=GilbertElliott(p=0.01, r=0.25, bad_loss=1.0))
    bursts = [len(list(run)) for is_lost, run in groupby(lost(all_of_bad)) if is_lost]
    assert sum(bursts) / len(bursts) == pytest.approx(4, rel=0.15)
    alone = Air(loss=GilbertElliott(good_loss=0.04))
    bursts = [len(list(run)) for is_lost, run in groupby(lost(alone)) if is_lost]
    assert sum(bursts) / len(bursts) == pytest.approx(1 / 0.96, rel=0.05)


def test_worse_networks_lose_more() -> None:
    losses = [network.down.loss.mean_loss for network in (IDEAL, MOBILE_2G, RURAL, TERRIBLE)]
    assert losses == sorted(losses)
    assert losses[-1] < 0.2


def test_a_packet_that_others_overtook_holds_them_up_and_they_come_in_one_bunch() -> None:
    way = flight(Air(delay_ms=10, straying=0.05, stray_ms=50, patience_ms=60))
    arrivals = [way.packet(n * 0.02) for n in range(200)]
    assert not any(arrival.lost for arrival in arrivals)
    bunches = [len(list(same)) for _, same in groupby(arrivals, key=lambda arrival: arrival.at)]
    assert max(bunches) >= 3


def test_a_packet_that_is_later_than_the_carrier_waits_is_lost() -> None:
    way = flight(Air(straying=1.0, stray_ms=61, patience_ms=60))
    assert way.packet(1.0).lost
    assert flight(Air(straying=1.0, stray_ms=60, patience_ms=60)).packet(1.0).lost is False


@given(airs, st.integers(0, 1000), st.lists(st.floats(0, 0.1), max_size=50))
def test_packets_arrive_in_order_and_never_before_they_were_sent(air: Air, seed: int, waits_s: list[float]) -> None:
    way, again = flight(air, seed=seed), flight(air, seed=seed)
    now, arrivals = 5.0, [0.0]
    for wait_s in waits_s:
        now += wait_s
        arrival = way.packet(now)
        assert arrival == again.packet(now), "the same seed is the same network"
        assert arrival.at >= now + air.delay_ms / 1000 - 1e-9
        arrivals.append(arrival.at)
    assert all(earlier <= later for earlier, later in pairwise(arrivals))


@given(hops, st.integers(0, 1000), st.lists(st.floats(0, 0.1), max_size=50))
def test_messages_arrive_in_order_and_none_before_a_hold_ends(hop: Hop, seed: int, waits_s: list[float]) -> None:
    way = Stream(hop, rng=random.Random(seed))
    now, arrivals = 5.0, [0.0]
    for number, wait_s in enumerate(waits_s):
        now += wait_s
        if number == 10:
            way.hold(now + 3)
            assert way.message(now) >= now + 3
        arrivals.append(way.message(now))
        assert arrivals[-1] >= now + hop.delay_ms / 1000 - 1e-9
    assert all(earlier <= later for earlier, later in pairwise(arrivals))


@pytest.mark.parametrize(
    "nonsense",
    [
        lambda: GilbertElliott(p=1.2),
        lambda: GilbertElliott(p=0.1, r=0.0),
        lambda: Air(delay_ms=-1),
        lambda: Air(straying=2),
        lambda: Hop(resent=-0.1),
        lambda: Hop(jitter_ms=float("nan")),
        lambda: Marks(lost=1.5),
        lambda: Stall(-1, 2),
        lambda: Drop(1e9),
    ],
)
def test_a_network_that_cannot_be_is_refused(nonsense: object) -> None:
    assert callable(nonsense)
    with pytest.raises(Invalid):
        nonsense()
