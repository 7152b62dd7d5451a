using Decant.Connectors.Cpu;
using Decant.Samples.TrainTiny.Training;
using Decant.Tests.Connectors.Torch;

namespace Decant.Tests.TrainTiny;

public class InitialWeightsTests
{
    public static TheoryData<string> Names => [.. Recipe.All.Where(recipe => recipe.Start is null).Select(recipe => recipe.Name)];

    /// <summary>A random sequence of different tokens, then the same again: the second time each token is foretold, before any training.</summary>
    [TorchTheory]
    [MemberData(nameof(Names))]
    public async Task What_was_read_is_copied(string name)
    {
        const int Vocabulary = 500, Length = 60;
        var folder = Directory.CreateTempSubdirectory("decant-test-").FullName;
        var shape = Recipe.All.First(recipe => recipe.Name == name).Shape;
        File.WriteAllText(Path.Combine(folder, "config.json"), shape.ToConfig(Vocabulary, 0));
        InitialWeights.Write(folder, shape, seed: 3);

        var ids = Enumerable.Range(0, Vocabulary).ToArray();
        new Random(4).Shuffle(ids);
        int[] twice = [.. ids[..Length], .. ids[..Length]];
        using var model = CpuModel.Load(folder);
        using var sequence = model.OpenSequence();
        using var result = await sequence.ForwardAsync(new ForwardInput(twice) { Logits = LogitsRows.All });
        var copied = Enumerable.Range(Length, Length - 1).Count(i => result.ArgMax(i) == twice[i + 1]);
        Directory.Delete(folder, recursive: true);
        // By chance it would be none; the smaller models' codes have half the length, so they confuse more tokens.
        Assert.True(copied >= Length / 2, $"{copied} of {Length - 1}");
    }
}
