"""Rules of law, one module per part of the EAR."""

ORDER_OF_PARTS = ()
