using Decant.Connectors.Cpu;
using Decant.Tests.Oracles;

namespace Decant.Tests.Decoding.Search;

public class IsotropyTests
{
    [Fact]
    public void It_is_one_minus_the_mean_cosine_of_pairs()
    {
        // Three vectors with the cosines .9, .2 and .6.
        var y = (.6f - (.9f * .2f)) / MathF.Sqrt(1 - .81f);
        float[][] states = [[2, 0, 0], [.9f, MathF.Sqrt(1 - .81f), 0], [.2f, y, MathF.Sqrt(1 - .04f - (y * y))]];
        Assert.Equal(.4333, Isotropy.Of(states), 4);
        Assert.Equal(0, Isotropy.Of([[1, 2], [2, 4]]), 6);
        Assert.Equal(1, Isotropy.Of([[1, 0], [0, 3], [0, 0]]), 6);
        Assert.Throws<ArgumentOutOfRangeException>(() => Isotropy.Of([[1, 2]]));
    }

    [Fact]
    public async Task A_models_report_agrees_with_all_pairs_compared_one_by_one()
    {
        var folder = TinyCheckpoint.Write("llama");
        using (var model = CpuModel.Load(folder, new CpuModelOptions { ContextLength = 256 }))
        {
            int[] ids = [5, 9, 31, 2, 77, 5];
            var report = await Isotropy.OfAsync(model, ids);
            using var sequence = model.OpenSequence();
            using var result = await sequence.ForwardAsync(new ForwardInput(ids) { Taps = new Taps { HiddenLayers = [0, 1, 2, 3], FinalHidden = true } });
            Assert.Equal(6, report.TokenCount);
            Assert.Equal(Pairs([.. Enumerable.Range(0, 6).Select(row => result.FinalHidden(row).ToArray())]), report.Final, 6);
            for (var layer = 0; layer <= 3; layer++)
                Assert.Equal(Pairs([.. Enumerable.Range(0, 6).Select(row => result.Hidden(layer, row).ToArray())]), report.Layers[layer], 6);
        }

        Directory.Delete(folder, recursive: true);
    }

    private static double Pairs(float[][] states)
    {
        var cosines = from i in Enumerable.Range(0, states.Length)
                      from j in Enumerable.Range(0, states.Length)
                      where i != j
                      select states[i].Zip(states[j], (x, y) => (double)x * y).Sum() / Math.Sqrt(states[i].Sum(x => (double)x * x) * states[j].Sum(x => (double)x * x));
        return 1 - cosines.Average();
    }
}
