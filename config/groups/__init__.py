"""Groups of settings, one file each: what an optional part needs to be told. `config/settings.py` names them all."""
