"""The shapes that cross the door: plain, with every field named. What a value means is decided by the services."""
