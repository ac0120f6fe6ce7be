"""A stand-in for Deepgram: recognition live and of recordings, and Aura's voice, over real sockets."""

from bakame.simulator.deepgram.faults import Faults
from bakame.simulator.deepgram.stand_in import DeepgramStandIn

__all__ = ["DeepgramStandIn", "Faults"]
