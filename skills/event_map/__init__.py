"""业务事件地图: which system tells what, and who listens (C7)."""
