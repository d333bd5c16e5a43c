"""What leaves the course: students' repositories, their tarballs, packages for other systems, signed reports."""
