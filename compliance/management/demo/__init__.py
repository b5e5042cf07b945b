"""The demo: invented people and companies, public figures of well-known accelerators, thirty cases in every state."""
