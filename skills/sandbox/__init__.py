"""事件沙盒: a new subscriber is rehearsed before anything real is sent to it (C8)."""
