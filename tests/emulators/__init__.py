"""Stand-ins for the platforms: real servers on real sockets, as strict as the originals."""
