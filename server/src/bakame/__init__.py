"""BAKAME, a tutor that any phone can reach. ARCHITECTURE.md at the root draws the house."""
