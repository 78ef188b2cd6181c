"""What the bench measures, a file each: `measure(bench)` yields a Result for each line of the table."""
