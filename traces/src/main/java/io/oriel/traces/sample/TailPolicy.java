package io.oriel.traces.sample;

/// A rule with the name that metrics call it by.
public record TailPolicy(String name, TailRule rule) {}
