"""订单走到哪了: an order's story across systems, where it stands, what is next and until when (C11)."""
