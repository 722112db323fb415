"""Field mapping (数据编织画布) and lineage (数据血缘)."""
