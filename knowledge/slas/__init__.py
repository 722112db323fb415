"""Deadlines between two events (SLA): spans and calendars, rules, how a deadline goes on, and event logs (C9). Pure."""
