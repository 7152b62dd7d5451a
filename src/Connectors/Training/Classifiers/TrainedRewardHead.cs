using Decant.Decoding;

namespace Decant.Connectors.Training;

/// <summary>What a <see cref="RewardHeadTrainer"/> made.</summary>
/// <param name="Head">The head: a logit where it was trained on labels, a score to compare where it was trained on pairs.</param>
/// <param name="HeldOut">How well it does on what was held out. Of pairs, the accuracy is the part whose chosen text scores higher.</param>
public sealed record TrainedRewardHead(LinearHead Head, ClassifierQuality HeldOut);
