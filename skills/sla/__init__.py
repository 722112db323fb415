"""SLA 看板: what is late, due soon, on time, and what people do about it (C9, C10)."""
