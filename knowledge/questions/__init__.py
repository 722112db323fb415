"""A question in words becomes a plan (`knowledge/metrics/plan.py`), without a language model; or it is asked back."""
