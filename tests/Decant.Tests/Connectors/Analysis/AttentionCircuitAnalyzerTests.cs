using Decant.Connectors.Analysis;
using Decant.Connectors.Cpu;
using Decant.Connectors.Models;
using Decant.Samples.TrainTiny.Training;
using Decant.Tests.Connectors.Torch;
using Decant.Tests.Oracles;

namespace Decant.Tests.Connectors.Analysis;

public class AttentionCircuitAnalyzerTests
{
    private const int Vocabulary = 500;
    private const int Length = 60;

    [Fact]
    public void The_score_is_the_norm_of_the_product_over_the_norms()
    {
        var first = Matrix.Of(new double[,] { { 1, 0 }, { 0, 0 } });
        var second = Matrix.Of(new double[,] { { 1, 1 }, { 0, 1 } });
        var one = Matrix.Of(new double[,] { { 1, 0 }, { 0, 1 } });
        Assert.Equal(.5774, AttentionCircuitAnalyzer.Score(second, new HeadMatrices(one, one, one, first)), 4);
        Assert.Equal(.5774, AttentionCircuitAnalyzer.Score(second, new HeadMatrices(one, one, first, one)), 4);
        Assert.Equal(0, AttentionCircuitAnalyzer.Score(second, new HeadMatrices(one, one, one, Matrix.Of(new double[2, 2]))));
    }

    [Fact]
    public void Singular_vectors_rebuild_the_product()
    {
        var random = new Random(3);
        double[,] Draw(int rows, int columns)
        {
            var values = new double[rows, columns];
            for (var i = 0; i < values.Length; i++) values[i / columns, i % columns] = random.NextDouble() - .5;
            return values;
        }

        var (tall, wide) = (Matrix.Of(Draw(9, 4)), Draw(4, 7));
        // The third row of the wide one depends on the first: a rank of 3.
        for (var i = 0; i < 7; i++) wide[2, i] = -2 * wide[0, i];
        var product = tall.Times(Matrix.Of(wide));
        var components = SingularVectors.Left(tall, Matrix.Of(wide));
        Assert.Equal(3, components.Count);
        Assert.Equal(product.Norm(), Math.Sqrt(components.Sum(component => component.Value * component.Value)), 10);
        Assert.Equal(components.Select(component => component.Value).OrderDescending(), components.Select(component => component.Value));
        for (var i = 0; i < 3; i++)
        {
            // What a left vector u of value s must satisfy: A Aᵀ u = s² u.
            var (vector, value) = components[i];
            Assert.Equal(1, vector.Sum(x => x * x), 10);
            var image = product.Times(product.Transposed().Times(vector).Transposed().Row(0));
            for (var row = 0; row < 9; row++) Assert.Equal(value * value * vector[row], image[row, 0], 10);
        }
    }

    [Theory]
    [InlineData("llama")]
    [InlineData("qwen2")]
    [InlineData("qwen3")]
    [InlineData("gemma2")]
    [InlineData("gpt2")]
    [InlineData("olmo2")]
    public void Scores_agree_with_the_matrices_multiplied_out(string family)
    {
        var folder = TinyCheckpoint.Write(family);
        var analyzer = AttentionCircuitAnalyzer.Load(folder);
        var scores = analyzer.CompositionScores();
        using (var checkpoint = Checkpoint.Open(folder))
        {
            var config = checkpoint.Config;
            Assert.Equal(3 * config.HeadCount * config.HeadCount * 3, scores.Count);
            Assert.Equal(scores.OrderByDescending(score => score.Score), scores);
            foreach (var score in scores.Where((_, i) => i % 5 == 0))
            {
                var (writer, reader) = (Layer(checkpoint, score.Earlier.Layer).Head(score.Earlier.Head), Layer(checkpoint, score.Later.Layer).Head(score.Later.Head));
                var (first, second) = (writer.Output.Times(writer.Value), reader.Of(score.Path));
                Assert.Equal(second.Times(first).Norm() / (second.Norm() * first.Norm()), score.Score, 8);
                // Components are orthogonal, so their shares of the product add up.
                var components = analyzer.Components(score);
                Assert.Equal(score.Score * score.Score, components.Sum(component => Math.Pow(component.Score * component.Strength, 2)) / Math.Pow(first.Norm(), 2), 5);
            }
        }

        Directory.Delete(folder, recursive: true);

        static LayerMatrices Layer(Checkpoint checkpoint, int layer) => new(checkpoint, layer - 1);
    }

    /// <summary>What a head reads or writes per unit of the residual stream, measured on the stream itself: folded gains, shared heads and centring included.</summary>
    [Theory]
    [InlineData("qwen2")]
    [InlineData("gemma2")]
    [InlineData("gpt2")]
    public void Folded_matrices_do_what_norm_and_projection_do(string family)
    {
        var folder = TinyCheckpoint.Write(family);
        using (var checkpoint = Checkpoint.Open(folder))
        {
            var config = checkpoint.Config;
            var head = config.HeadCount - 1;
            var weights = checkpoint.Layout.Layers[1];
            var shared = head / (config.HeadCount / config.KeyValueHeadCount);
            var random = new Random(6);
            double[] x = [.. Enumerable.Range(0, config.HiddenSize).Select(_ => random.NextDouble() - .5)];
            var mean = config.Norm == NormKind.LayerNorm ? x.Average() : 0;
            var gains = new float[config.HiddenSize];
            checkpoint.Tensors.Get(weights.InputNorm!.Weight).CopyTo(gains);
            var read = new LayerMatrices(checkpoint, 1).Head(head).Key.Times(x);
            var row = new float[config.HiddenSize];
            for (var i = 0; i < config.HeadSize; i++)
            {
                checkpoint.CopyRow(weights.Key, (shared * config.HeadSize) + i, row);
                var expected = Enumerable.Range(0, x.Length).Sum(c => row[c] * (gains[c] + (config.NormAddsOne ? 1 : 0)) * (x[c] - mean));
                Assert.Equal(expected, read[i, 0], 5);
            }
        }

        Directory.Delete(folder, recursive: true);
    }

    [TorchFact]
    public async Task An_induction_circuit_is_found_and_its_directions_carry_the_copying()
    {
        var folder = Directory.CreateTempSubdirectory("decant-test-").FullName;
        var shape = Recipe.All[0].Shape;
        File.WriteAllText(Path.Combine(folder, "config.json"), shape.ToConfig(Vocabulary, 0));
        InitialWeights.Write(folder, shape, seed: 3);
        var analyzer = AttentionCircuitAnalyzer.Load(folder);
        var pair = analyzer.CompositionScores()[0];
        Assert.Equal((new AttentionHead(1, 0), new AttentionHead(2, 0), CompositionPath.Key), (pair.Earlier, pair.Later, pair.Path));

        var components = analyzer.Components(pair).TakeWhile(component => component.Score > .01).ToList();
        var random = new Random(9);
        ResidualEdit[] circuit = [.. components.Select(component => component.ToEdit())];
        ResidualEdit[] others = [.. components.Select(_ => new ResidualEdit(1, [.. Enumerable.Range(0, shape.Hidden).Select(_ => Normal(random))], 0))];
        using var model = CpuModel.Load(folder);
        var intact = await CopiedAsync(model, []);
        Assert.True(intact >= Length / 2, $"{intact} of {Length - 1} copied");
        var ablated = await CopiedAsync(model, circuit);
        Assert.True(ablated <= Length / 10, $"{ablated} of {Length - 1} copied without the circuit's {components.Count} directions");
        var control = await CopiedAsync(model, others);
        Assert.True(control >= intact * 3 / 4, $"{control} of {Length - 1} copied without {components.Count} random directions, {intact} with them");
        Directory.Delete(folder, recursive: true);
    }

    private static float Normal(Random random) => (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));

    private static async Task<int> CopiedAsync(ICausalModel model, ResidualEdit[] edits)
    {
        var ids = Enumerable.Range(0, Vocabulary).ToArray();
        new Random(4).Shuffle(ids);
        int[] twice = [.. ids[..Length], .. ids[..Length]];
        using var sequence = model.OpenSequence();
        using var result = await sequence.ForwardAsync(new ForwardInput(twice) { Logits = LogitsRows.All, Edits = edits });
        return Enumerable.Range(Length, Length - 1).Count(i => result.ArgMax(i) == twice[i + 1]);
    }
}
