using Decant.Decoding;

namespace Decant.Connectors.Training;

/// <summary>What a <see cref="PrefixClassifierTrainer"/> made.</summary>
/// <param name="Classifier">The classifier.</param>
/// <param name="Texts">How well it tells whole held-out texts apart.</param>
/// <param name="Prefixes">The same for all their beginnings; early ones often cannot be told apart by anybody.</param>
public sealed record TrainedPrefixClassifier(PrefixClassifier Classifier, ClassifierQuality Texts, ClassifierQuality Prefixes);
