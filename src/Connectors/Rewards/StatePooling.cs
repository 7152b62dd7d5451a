namespace Decant.Connectors.Rewards;

/// <summary>What becomes of the hidden states of a text's tokens.</summary>
public enum StatePooling
{
    /// <summary>Their mean.</summary>
    Mean,

    /// <summary>The last token's state, in which the model has read all of the text.</summary>
    Last,
}
