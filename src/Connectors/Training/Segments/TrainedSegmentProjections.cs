using Decant.Connectors.Rewards;

namespace Decant.Connectors.Training;

/// <summary>What a <see cref="SegmentScorerTrainer"/> made.</summary>
/// <param name="Projections">The projections, for a <see cref="SegmentScorer"/>.</param>
/// <param name="Accuracy">The part of the held-out prefixes whose own continuation scores highest among all held-out continuations.</param>
/// <param name="Candidates">How many different continuations these are: guessing is right one time in so many.</param>
public sealed record TrainedSegmentProjections(SegmentProjections Projections, double Accuracy, int Candidates);
