using System.Text.Json.Serialization;

namespace Decant.Decoding;

/// <summary>When <see cref="CollaborationOptions"/> ask the client's model.</summary>
[JsonConverter(typeof(KebabEnumConverter<CollaborationRouter>))]
public enum CollaborationRouter
{
    /// <summary>Where the small model's likeliest token has less than <see cref="CollaborationOptions.Threshold"/>.</summary>
    MaxProb,

    /// <summary>Where half the distance between its two largest probabilities is less than <see cref="CollaborationOptions.Threshold"/>.</summary>
    Margin,

    /// <summary>Where <see cref="CollaborationOptions.Classifier"/> expects the models to differ.</summary>
    Svm,

    /// <summary>For every token.</summary>
    Always,

    /// <summary>For none.</summary>
    Never,
}
