"""OpenAI on the other side of the wire, and a self-hosted LLaMA: chat, speech, transcription and Realtime."""

from bakame.simulator.openai.answer import RealtimeFaults
from bakame.simulator.openai.chat import ChatFaults
from bakame.simulator.openai.speech import SpeechFaults
from bakame.simulator.openai.stand_in import KEY, MODEL, OpenAIStandIn

__all__ = ["KEY", "MODEL", "ChatFaults", "OpenAIStandIn", "RealtimeFaults", "SpeechFaults"]
