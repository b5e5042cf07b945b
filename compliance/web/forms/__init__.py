"""Plain forms: strings in, keyword arguments out. Every field is checked by the words the services use."""
