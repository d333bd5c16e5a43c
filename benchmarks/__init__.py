"""Measurements as ratios within one run, so that they hold on another machine and a noisy one."""
