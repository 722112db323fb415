"""What happens when things break: platforms, disks, databases, processes."""
