"""行为模式库: talk-tracks mined from won deals."""
