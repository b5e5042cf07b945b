"""The door for programs: the services and queries of the web, in JSON. Nothing is allowed that no view allows."""
