"""Files of paths, touches and outcomes (CSV, Parquet) as chunks of Paths, in bounded memory."""
