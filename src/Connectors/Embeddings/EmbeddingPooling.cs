namespace Decant.Connectors.Embeddings;

/// <summary>How a text's hidden states become its embedding.</summary>
public enum EmbeddingPooling
{
    /// <summary>Their mean.</summary>
    Mean,

    /// <summary>The last token's, in which the model has read all of the text.</summary>
    Last,

    /// <summary>Their mean, each weighted by its position 1 … n: later tokens have read more of the text (Muennighoff 2022, SGPT).</summary>
    Weighted,

    /// <summary>The last token's of a prompt that asks for the text in one word, <c>This sentence : "…" means in one word:"</c> (Jiang et al. 2023). For models of some size that were not trained to embed.</summary>
    PromptEol,
}
