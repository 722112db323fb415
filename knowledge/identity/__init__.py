"""One customer across systems (B13): which records belong to whom, and which customers may be one."""
