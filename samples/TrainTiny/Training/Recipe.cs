using Decant.Connectors.Training;
using Decant.Samples.TrainTiny.Corpus;
using Decant.Samples.TrainTiny.World;

namespace Decant.Samples.TrainTiny.Training;

/// <summary>How one of the models is made.</summary>
/// <param name="Name">Its folder.</param>
/// <param name="Purpose">What the model card says it is.</param>
/// <param name="Shape">Its size.</param>
/// <param name="Corpus">What it is trained on.</param>
/// <param name="CorpusSeed">Seed of the stream of examples.</param>
/// <param name="Options">How it is trained.</param>
internal sealed record Recipe(string Name, string Purpose, ModelShape Shape, Mixture Corpus, int CorpusSeed, TrainerOptions Options)
{
    /// <summary>The recipe of the model it learns from by distillation, or null.</summary>
    public string? Teacher { get; init; }

    /// <summary>The model whose weights it starts with, or null for random ones.</summary>
    public string? Start { get; init; }

    /// <summary>Tokens it reads in training.</summary>
    public long Tokens => (long)Options.Steps * Options.BatchRows * Options.RowLength;

    public static Recipe Target { get; } = new(
        "decant-tiny", "The demonstration model: facts of a small invented world, passages, texts, JSON, tool calls, sums.",
        new ModelShape(256, 4, 4, 2, 640), Mixture.General(TinyWorld.Default), 1, Common with { Steps = 6000, LearningRate = 0.003 });

    public static Recipe Draft { get; } = new(
        "decant-tiny-draft", "A draft model for decant-tiny, distilled from it.",
        new ModelShape(96, 2, 3, 3, 288), Mixture.General(TinyWorld.Default), 2, Common with { Steps = 1500, LearningRate = 0.005 }) { Teacher = "decant-tiny" };

    public static Recipe Plain { get; } = new(
        "decant-tiny-plain", "A smaller model on the same corpus, as often rude as polite: the untuned one of the pair for proxy tuning.",
        new ModelShape(128, 4, 4, 2, 384), Mixture.General(TinyWorld.Default), 3, Common with { Steps = 1500, LearningRate = 0.004 });

    public static Recipe Polite { get; } = new(
        "decant-tiny-polite", "decant-tiny-plain tuned to be polite: the tuned one of the pair for proxy tuning.",
        Plain.Shape, Mixture.Polite(TinyWorld.Default), 4, Common with { Steps = 200, LearningRate = 0.001, WarmUpSteps = 20 }) { Start = "decant-tiny-plain" };

    /// <summary>All four, each after the ones it needs.</summary>
    public static IReadOnlyList<Recipe> All { get; } = [Target, Draft, Plain, Polite];

    private static TrainerOptions Common => new() { Steps = 1, BatchRows = 8, RowLength = 256, CheckpointEvery = 200, Precision = TrainingPrecision.BFloat16 };
}
