namespace Decant.Decoding;

/// <summary>What a route did in one request.</summary>
public sealed class RouteCounter
{
    private readonly Dictionary<string, int> _models = [];

    /// <summary>Tokens that were routed.</summary>
    public int Tokens { get; private set; }

    /// <summary>
    /// Tokens for which two models were asked and found different ones likeliest. With <see cref="CollaborationMethod.Speculative"/> both are asked about the token that the router stopped at and
    /// about every drafted one; not about the token behind a draft that was right to its end, which the client's model alone is asked about.
    /// </summary>
    public int Differing { get; private set; }

    /// <summary>The collaboration frequency: <see cref="Differing"/> per token; 0 before the first.</summary>
    public double Frequency => Tokens == 0 ? 0 : (double)Differing / Tokens;

    /// <summary>Tokens by the model that had the last word.</summary>
    public IReadOnlyDictionary<string, int> Models => _models;

    /// <summary>Told about every token for which two models were asked: what a classifier learns from (<see cref="RouteClassifierTrainer"/>). Null: nobody is.</summary>
    public Action<RouteExample>? Examples { get; init; }

    internal void Add(in RouteChoice choice)
    {
        Tokens++;
        if (choice.Differs) Differing++;
        _models[choice.Model] = _models.GetValueOrDefault(choice.Model) + 1;
    }
}
