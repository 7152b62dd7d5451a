namespace Decant.Decoding;

/// <summary>Why a generation ended.</summary>
public enum FinishKind
{
    /// <summary>The token is one of <see cref="GenerationRequest.EndTokens"/>.</summary>
    EndToken,

    /// <summary><see cref="GenerationRequest.MaxTokens"/> tokens were generated.</summary>
    MaxTokens,

    /// <summary>The model's context has no room to read the token and go on.</summary>
    ContextFull,

    /// <summary>The call has used up its <see cref="BudgetOptions"/>.</summary>
    Budget,
}
