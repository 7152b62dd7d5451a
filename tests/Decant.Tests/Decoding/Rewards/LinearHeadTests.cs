namespace Decant.Tests.Decoding.Rewards;

public class LinearHeadTests
{
    [Fact]
    public void It_is_a_weighted_sum_and_survives_its_file()
    {
        var head = new LinearHead([0.5, -2, 1e-300], 0.25);
        Assert.Equal(.25 + 1.5 - 2, head.Score([3, 1, 1]));
        var path = Path.GetTempFileName();
        try
        {
            head.Save(path);
            var loaded = LinearHead.Load(path);
            Assert.Equal((head.Bias, 3), (loaded.Bias, loaded.Width));
            Assert.Equal(head.Weights, loaded.Weights);
            File.WriteAllText(path, """{"weights":[],"bias":1}""");
            Assert.Contains(path, Assert.Throws<InvalidDataException>(() => LinearHead.Load(path)).Message);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void What_makes_no_head_is_refused()
    {
        Assert.Throws<ArgumentException>(() => new LinearHead([], 0));
        Assert.Throws<ArgumentException>(() => new LinearHead([double.NaN], 0));
        Assert.Throws<ArgumentException>(() => new LinearHead([1], double.PositiveInfinity));
        Assert.Contains("2 numbers", Assert.Throws<ArgumentException>(() => new LinearHead([1, 2], 0).Score([1])).Message);
    }
}
