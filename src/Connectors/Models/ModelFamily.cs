using Decant.Connectors.Models.Families;

namespace Decant.Connectors.Models;

/// <summary>What sets one family of models apart: how its config.json reads and what its tensors are called. One subclass per family.</summary>
internal abstract class ModelFamily
{
    // A new family is one file in Families and one line here.
    private static readonly ModelFamily[] _all =
    [
        new Llama(), new Mistral(), new Qwen2(), new Qwen3(), new Gemma2(), new Gemma3(), new Phi3(), new SmolLm3(), new Olmo2(), new Granite(), new Gpt2(),
    ];

    /// <summary>The <c>model_type</c> values it loads.</summary>
    public abstract IReadOnlyList<string> ModelTypes { get; }

    public static IEnumerable<string> Known => _all.SelectMany(family => family.ModelTypes);

    public static ModelFamily Find(string modelType) =>
        _all.FirstOrDefault(family => family.ModelTypes.Contains(modelType))
        ?? throw new NotSupportedException($"config.json: model_type '{modelType}' is not known. Known: {string.Join(", ", Known)}.");

    public abstract ModelConfig Read(ConfigReader config, string modelType);

    /// <param name="config">What <see cref="Read"/> returned.</param>
    /// <param name="exists">Whether the checkpoint has a tensor of this name: prefixes and optional tensors vary between releases.</param>
    public abstract CheckpointLayout Layout(ModelConfig config, Func<string, bool> exists);

    /// <summary>Whether a new checkpoint of this family has an optional tensor.</summary>
    public virtual bool IsUsual(string tensor) => false;
}
