"""Rules of law, one module per part of the EAR; their order is written out in compliance.ear.determination."""
