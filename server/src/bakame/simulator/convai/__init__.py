"""A stand-in for ElevenLabs: agents that converse over the vendor's own protocol, with real speech and real ears."""
